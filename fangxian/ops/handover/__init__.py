"""Hand-over (协查与移交): people who are another county's to follow, going out to it and coming in from it.

Owns: CountyKey, Package, PackageRow, Receipt, OuterRecord.

Promises: what goes out is signed, numbered, addressed, and waits for a receipt on a clock; what comes in is held
until its signer is known and confirmed by a second person; every row of a package ends with what came of it, and
says so to its sender; the same package, receipt or list again changes nothing.

Does not: know what a case or a contact is. The procedures (`hand_over`, `take_over`, `import_list`) do.
"""
