-- Part of other scripts: counts that recovery moves an envelope. A count that is no number begins anew: the envelope is out of its
-- list by then, and an error would lose it.
-- Returns  how often it was moved
local function count_move(suspects, hash)
  local moves = redis.pcall('HINCRBY', suspects, hash, 1)
  if type(moves) == 'table' then
    redis.call('HSET', suspects, hash, '1')
    return 1
  end
  return moves
end
