"""Background work on one page for administrators, and the address that load balancers ask."""
