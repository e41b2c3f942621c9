"""The pages of contacts: the line list, one contact, the day's follow-ups, the daily figures, files of the list."""
