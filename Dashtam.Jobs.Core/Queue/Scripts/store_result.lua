-- Part of other scripts: writes a result, complete and with its lifetime, and again at the bare key where one is asked for.
local function store_result(result, bare, json, ttl)
  redis.call('SET', result, json, 'EX', ttl)
  if bare then
    local kind = redis.call('TYPE', bare).ok
    if kind == 'none' or kind == 'string' then -- never over somebody else's list or hash
      redis.call('SET', bare, json, 'EX', ttl)
    end
  end
end
