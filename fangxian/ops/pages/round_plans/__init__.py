"""The page on which a screening round is planned before there is one (核酸筛查预案): its end, and what moves it."""
