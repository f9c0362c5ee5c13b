"""Letters: catalogue, field contract, rendering, lint and document numbers of official letters."""
