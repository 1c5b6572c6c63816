"""The program's own data files; installed as the package ``viz_resources``."""
