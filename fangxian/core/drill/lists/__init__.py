"""Lists of people as several sources would write them: nobody in them exists, and whose each row is, is known."""
