"""What the tests share. Test files import from here and from local/, never from one another."""
