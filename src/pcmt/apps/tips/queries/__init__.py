"""What is asked about tip-offs; whoever counts gets numbers and no content."""
