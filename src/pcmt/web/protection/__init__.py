"""How people in the registers are protected, on screen: what for, until when, who read, the rights of the person."""
