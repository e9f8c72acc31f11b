"""The viewer: pictures of a Scene and its StateFrames, on a screen or without."""
