"""People (人): who is who, where letters reach them, and which records of where they live may lawfully be used."""
