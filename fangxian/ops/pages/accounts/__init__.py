"""What the pages of accounts are made of: who holds which post, who may do what, what waits for a second person.

`words` names areas, posts and states; `tables` lays out lists and the history; `forms` reads what is typed and puts
a refusal beside the field it is about. Who may see and decide is asked of the accounts room (`seen`), never here.
"""
