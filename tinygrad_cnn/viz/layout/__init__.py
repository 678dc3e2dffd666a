"""Where everything stands in a picture: the ladder, laid out as plain shapes that any writer can draw."""
