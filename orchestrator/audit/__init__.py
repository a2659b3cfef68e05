"""Who gains by lying: mechanisms played again and again with one report changed."""
