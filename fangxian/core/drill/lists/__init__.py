"""Lists of people as several sources would write them: of people who do not exist, as dirty as real ones, truth known."""
