-- Part of other scripts: counts that recovery, or a recycle, moves an envelope. What ran beside others is counted only until it runs
-- alone: every count above that says that it was alone. A count that is no number begins anew: the envelope is out of its list by then,
-- and an error would lose it.
-- Returns  how often it was moved
local function count_move(suspects, hash, alone, alone_from)
  local moves = redis.pcall('HINCRBY', suspects, hash, 1)
  if type(moves) == 'table' then
    redis.call('HSET', suspects, hash, '1')
    return 1
  end
  if moves > alone_from and not alone then
    return redis.call('HINCRBY', suspects, hash, -1)
  end
  return moves
end
