"""What is done with registers: by whom, when, and what follows."""
