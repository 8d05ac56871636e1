-- Part of other scripts: counts one move of an envelope by recovery, or by a recycle. An envelope that ran beside other envelopes is
-- counted up to the number from which it runs alone, and no further: each count above that number says that it was alone. A count that
-- is no number begins anew: the envelope is out of its list by then, and an error would lose it.
-- Returns  how often the envelope was moved
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
