-- Part of other scripts: how often recovery, or a recycle, moved an envelope. A count that is no number is a suspect's.
local function moves_of(suspects, hash, alone_from)
  local moves = redis.pcall('HGET', suspects, hash)
  if not moves or type(moves) == 'table' then
    return 0
  end
  return tonumber(moves) or alone_from
end
