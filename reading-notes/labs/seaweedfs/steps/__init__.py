"""The steps of SeaweedFS's lab."""

ORDER = ["volumes"]
