namespace Dashtam.Jobs.Worker.Fetching;

/// <summary>What a queue may fetch now.</summary>
/// <param name="Slots">Places that were taken for its jobs.</param>
/// <param name="Ahead">Jobs that it may read ahead besides.</param>
internal readonly record struct Claim(int Slots, int Ahead)
{
    /// <summary>Whether there is nothing to fetch for.</summary>
    public bool IsEmpty => Slots + Ahead == 0;
}
