"""What the pages of arrivals are made of: the journey as a form, the lists, and what is asked of somebody."""
