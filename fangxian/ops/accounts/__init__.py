"""Accounts (账号): who may sign in, for which unit, in which roles, over which area.

Owns: Unit, Account, Appointment, the roles with their permissions, sign-in, and the one function that
limits rows by a person's scope.

Promises: what an account may do follows from its appointments in force and from nothing else; system,
security and audit administration are three different people, none of whom approves anything.

Does not: know which person of the register an account belongs to (people does).
"""
