-- Part of other scripts: writes a result, complete and with its lifetime, and again at the bare key where one is asked for.
-- Never over a list, a hash or a sorted set: that is a key of the queue or of somebody else, and the jobs in it would be lost.
-- Returns whether it stands at its own key.
local function store_at(key, json, ttl)
  -- With GET, Redis itself refuses another type, in the same command: a TYPE before it would cost each job a microsecond.
  local former = redis.pcall('SET', key, json, 'EX', ttl, 'GET')
  if type(former) ~= 'table' or not former.err then
    return true
  end
  if string.find(former.err, 'WRONGTYPE', 1, true) ~= 1 then
    error(former)
  end
  return false
end

local function store_result(result, bare, json, ttl)
  if bare and bare ~= result then
    store_at(bare, json, ttl)
  end
  return store_at(result, json, ttl)
end
