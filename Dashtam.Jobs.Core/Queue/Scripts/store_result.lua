-- Part of other scripts: writes a result, complete and with its lifetime, and again at the bare key where one is asked for.
-- Never over a list, a hash or a sorted set: that is a key of the queue or of somebody else, and the jobs in it would be lost.
-- Returns whether it stands at its own key.
local function store_at(key, json, ttl)
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'none' and kind ~= 'string' then
    return false
  end
  redis.call('SET', key, json, 'EX', ttl)
  return true
end

local function store_result(result, bare, json, ttl)
  if bare and bare ~= result then
    store_at(bare, json, ttl)
  end
  return store_at(result, json, ttl)
end
