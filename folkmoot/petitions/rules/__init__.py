"""What a petition may be and become: pure rules, told the day and the numbers."""
