using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Wire.Pickles;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Bare;

/// <summary>Results at bare keys, for TaskIQ clients without a prefix: which jobs have one, and how it gets there.</summary>
internal sealed class BareResults(
    IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> options, BareRefusals refusals, TimeProvider time)
{
    private const int MostTries = 3;

    private readonly RedisScript _write = RedisScript.Load("write_bare.lua");
    private readonly BareRights _rights = new(time);
    private bool? _isCluster;

    /// <summary>Whether Redis has refused a whole script because of one of its keys. Nothing of the script has run then.</summary>
    public static bool RefusesKeys(RedisServerException error) =>
        error.Kind == RedisErrorKind.NoPermission || error.Message.StartsWith("NOPERM", StringComparison.Ordinal);

    /// <summary>What goes to the bare key when a job ends; null: nothing does.</summary>
    /// <param name="taskId">The job's id.</param>
    /// <param name="json">The result as it stands at the other key.</param>
    /// <param name="hasLabelTypes">Whether the job's message came from a TaskIQ client.</param>
    public BareWrite? Plan(string taskId, byte[] json, bool hasLabelTypes)
    {
        if (!IsWanted(hasLabelTypes))
        {
            return null;
        }

        if (keys.BareResult(taskId) is { } key)
        {
            return Plan(taskId, key, json);
        }

        refusals.IdRefused(taskId);
        return null;
    }

    /// <summary>What goes to the bare key of a job's progress; null: nothing does.</summary>
    /// <param name="taskId">The job's id.</param>
    /// <param name="json">The record as it stands at the other key.</param>
    /// <param name="hasLabelTypes">Whether the job's message came from a TaskIQ client.</param>
    public BareWrite? PlanProgress(string taskId, byte[] json, bool hasLabelTypes)
    {
        var plan = IsWanted(hasLabelTypes) && keys.BareResult(taskId) is { } key
            ? Plan(taskId, key.Append(QueueKeys.ProgressSuffix), json)
            : null;
        return plan is null ? null : plan with { First = "state" };
    }

    private bool IsWanted(bool hasLabelTypes) =>
        options.Value.AtBareKey is not TaskiqResults.None and var format && (format != TaskiqResults.Auto || hasLabelTypes);

    private BareWrite? Plan(string taskId, RedisKey key, byte[] json)
    {
        var form = BareIds.FormOf(taskId);
        var right = _rights.Of(form);
        if (right == BareRight.Refused)
        {
            refusals.NotPermitted(key);
            return null;
        }

        return new BareWrite(key, form, json, options.Value.AtBareKey == TaskiqResults.Json ? null : PickleWriter.FromJson(json))
        {
            Together = right == BareRight.Together && !IsCluster(),
        };
    }

    /// <summary>Settles one job, with its result at the bare key where one goes there.</summary>
    /// <param name="bare">What goes there; null: nothing.</param>
    /// <param name="send">Settles it, with that or without.</param>
    public async Task<Settlement> SettleAsync(BareWrite? bare, Func<BareWrite?, Task<Settlement>> send)
    {
        var together = bare is { Together: true } ? bare : null;
        Settlement settlement;
        try
        {
            settlement = await send(together);
        }
        catch (RedisServerException error) when (together is not null && RefusesKeys(error))
        {
            together = null; // the script has not run
            settlement = await send(null);
        }

        return bare is null ? settlement : await EndAsync(bare, together is not null, settlement);
    }

    /// <summary>A job with a result for a bare key was settled: what is left to do.</summary>
    /// <param name="bare">What goes there.</param>
    /// <param name="wasTogether">Whether the script that answered was to write it.</param>
    /// <param name="settlement">The script's answer.</param>
    /// <returns>The settlement, without what became of the bare key.</returns>
    public async Task<Settlement> EndAsync(BareWrite bare, bool wasTogether, Settlement settlement)
    {
        if (wasTogether)
        {
            return Told(bare, settlement);
        }

        if (settlement is Settlement.Done or Settlement.DoneWithoutResult)
        {
            await WriteAsync(bare);
        }

        return settlement;
    }

    /// <summary>Asks Redis once whether keys of the usual forms may be written, so that no settlement has to find out.</summary>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        if (options.Value.AtBareKey == TaskiqResults.None)
        {
            return;
        }

        foreach (var (form, format) in ((BareIdForm, string)[])[(BareIdForm.Hex, "N"), (BareIdForm.Dashed, "D")])
        {
            if (!await MayAsync(Guid.NewGuid().ToString(format), cancellationToken))
            {
                _rights.Refuse(form);
            }
        }
    }

    private async Task<bool> MayAsync(string absent, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await _write.RunAsync(connections.Queue, [absent], [Array.Empty<byte>(), 1, ""], cancellationToken);
            return (int)reply == (int)Settlement.Done;
        }
        catch (RedisServerException error) when (RefusesKeys(error))
        {
            return false;
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return true; // nobody knows now; a settlement that is refused is sent again
        }
    }

    /// <summary>Writes it alone. A repeat finds the result of the try before, and writes it again.</summary>
    private async Task WriteAsync(BareWrite bare)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var reply = await _write.RunAsync(
                    connections.Queue, [bare.Key], [bare.Bytes, options.Value.ResultTtlSeconds, bare.First], CancellationToken.None);
                if (Told(bare, (Settlement)(int)reply) == (Settlement)(int)reply)
                {
                    _rights.Give(bare.Form);
                }

                return;
            }
            catch (RedisServerException error) when (RefusesKeys(error))
            {
                Told(bare, Settlement.DoneBareKeyRefused);
                return;
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                if (attempt == MostTries)
                {
                    refusals.Failed(bare.Key, error);
                    return;
                }
            }
        }
    }

    private Settlement Told(BareWrite bare, Settlement answer)
    {
        switch (answer)
        {
            case Settlement.DoneBareKeyTaken:
                refusals.KeyTaken(bare.Key);
                return Settlement.Done;
            case Settlement.DoneBareKeyRefused:
                _rights.Refuse(bare.Form);
                refusals.NotPermitted(bare.Key);
                return Settlement.Done;
            default:
                return answer;
        }
    }

    /// <summary>On Redis Cluster a bare key lies in another slot than its queue, so no script may touch both.</summary>
    private bool IsCluster() => (_isCluster ??= connections.Queue.Multiplexer.IsCluster()) ?? false;
}
