"""An honest offline comparison on a table of real outcomes: what each way of choosing would bring."""
