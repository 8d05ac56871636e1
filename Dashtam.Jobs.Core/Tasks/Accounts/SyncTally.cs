using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.DashtamApi;

namespace Dashtam.Jobs.Core.Tasks.Accounts;

/// <summary>Adds up what the calls of one run returned; calls may end at the same time.</summary>
internal sealed class SyncTally
{
    private const int MaxTitles = 20;
    private const string OtherTitles = "other";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private long _checked;
    private long _failed;
    private long _created;
    private long _updated;
    private long _unchanged;
    private long _accountErrors;
    private long _skipped;

    public void Add(SyncOutcome outcome)
    {
        lock (_lock)
        {
            _checked++;
            switch (outcome)
            {
                case SyncOutcome.Synced synced:
                    _created += synced.Created;
                    _updated += synced.Updated;
                    _unchanged += synced.Unchanged;
                    _accountErrors += synced.Errors;
                    break;
                case SyncOutcome.RecentlySynced:
                    _skipped++;
                    break;
                case SyncOutcome.Refused refused:
                    _failed++;
                    AddTitle(refused.Title);
                    break;
                default:
                    _failed++;
                    break;
            }
        }
    }

    public void AddNotFound(long count)
    {
        lock (_lock)
        {
            _checked += count;
            _failed += count;
        }
    }

    public JobSummary ToSummary()
    {
        lock (_lock)
        {
            return new JobSummary(_checked, _checked - _failed, _failed + _accountErrors)
                .With("created", _created)
                .With("updated", _updated)
                .With("unchanged", _unchanged)
                .With("skipped", _skipped)
                .With("failed", _failed)
                .With("refused", JsonSerializer.SerializeToElement(_refused));
        }
    }

    // Titles are somebody else's text: their number must not grow with the connections.
    private void AddTitle(string title)
    {
        var name = _refused.ContainsKey(title) || _refused.Count < MaxTitles ? title : OtherTitles;
        _refused[name] = _refused.GetValueOrDefault(name) + 1;
    }
}
