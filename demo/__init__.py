"""The demo: two simulated communities of one brand, sent through the real webhook, and what Veche made of them."""
