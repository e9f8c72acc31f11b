"""Makes the meshes of the first cell by code, the same bytes every time."""
