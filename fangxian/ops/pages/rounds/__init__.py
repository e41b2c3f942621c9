"""Pages of screening rounds (核酸筛查): board, who is missing, the table without a phone, boxes."""
