"""Pages of returnees (返乡人员): who is expected or has come back, how far each is, and what was heard of them."""
