"""What comes in from units and what goes back to them."""
