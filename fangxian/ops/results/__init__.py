"""What was told of tubes (结果告知): each released result, whom it was told, who is called back for an own tube.

Owns: TubeResult, Told, CallBack.

Promises: of a tube one result counts; what was told stands, with when it was taken back; whoever is called back is on
the list until a tube of their own says something, and a negative takes them off without anybody's pen.

Does not: know plates, runs or who may release (the laboratory does), who is in a tube (lab does), or what turns a code.
"""
