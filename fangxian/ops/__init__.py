"""ops remembers. Django: pages | api, procedures | situation, rooms, registers, accounts, audit."""
