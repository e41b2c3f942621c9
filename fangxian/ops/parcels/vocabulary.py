"""Words of the county's own data that this room asks for."""

DEPOT_TRADES = ("courier_depot", "parcel_station", "post_office")
