"""How fast the portal is, beside yardsticks on the same machine (./run bench)."""
