"""The public page for tip-offs: no account, no session, no cookie; and the poster that leads to it."""
