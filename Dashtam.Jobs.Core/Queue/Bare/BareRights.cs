namespace Dashtam.Jobs.Core.Queue.Bare;

/// <summary>What a worker's user of Redis may write, as far as Redis has said.</summary>
internal enum BareRight
{
    /// <summary>With the job's settlement.</summary>
    Together,

    /// <summary>By a script of its own: a refusal must cost nothing else.</summary>
    Apart,

    /// <summary>Not at all.</summary>
    Refused,
}

/// <summary>The rights to bare keys, by the form of their ids. A user's patterns tell forms apart, and may be mended at any time.</summary>
internal sealed class BareRights(TimeProvider time)
{
    /// <summary>After this time a right that was refused is tried again, with a script of its own.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<BareIdForm, long> _refusedAt = [];

    /// <summary>How a result may be written at a key of this form.</summary>
    public BareRight Of(BareIdForm form)
    {
        lock (_lock)
        {
            // Ids of a producer's own making may lie within and without the patterns: each is tried.
            return !_refusedAt.TryGetValue(form, out var refusedAt) ? BareRight.Together
                : form == BareIdForm.Other || time.GetElapsedTime(refusedAt) >= Patience ? BareRight.Apart
                : BareRight.Refused;
        }
    }

    public void Refuse(BareIdForm form)
    {
        lock (_lock)
        {
            _refusedAt[form] = time.GetTimestamp();
        }
    }

    /// <summary>Redis has written one that it had refused.</summary>
    public void Give(BareIdForm form)
    {
        lock (_lock)
        {
            if (form != BareIdForm.Other)
            {
                _refusedAt.Remove(form);
            }
        }
    }
}
