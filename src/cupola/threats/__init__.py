"""What is defended against: every threat gives a trajectory and the signatures that sensors see."""
