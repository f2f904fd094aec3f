"""Training of the address tagger: constructed addresses, teachers, students. Needs ``pip install postloan[train]``."""
