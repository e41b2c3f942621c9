"""Laboratory (核酸实验室): where tubes stand on a plate, what their curves say, and who may let a result go out.

Pure. A Ct is a number of cycles, None where no curve rose; people are known by what stands for them, never by name.
"""
