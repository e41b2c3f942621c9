"""What the keeper's page says beside its script."""

from fangxian.core.refusal import Said

THIS_PHONE = "值守手机"  # a name on record, so in the county's language
EVERY_DOOR = Said("每一扇门", "every door")
