"""Pages of priority people (重点人员): how often each class is tested, who is due, who is late."""
