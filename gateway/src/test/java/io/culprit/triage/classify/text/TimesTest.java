package io.culprit.triage.classify.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimesTest {
    @Test
    void everyFormIsRead() {
        assertEquals("2026-11-26T22:42:45Z LOCAL", shown(Times.nginx("2026/11/26 22:42:45 [", 0)));
        assertEquals("2026-11-26T21:42:45.104551Z ZONED", shown(Times.iso("2026-11-26T22:42:45.104551213+01:00 ", 0)));
        assertEquals("2026-11-27T03:12:45Z ZONED", shown(Times.iso("2026-11-26T22:42:45-0430", 0)));
        assertEquals("2026-11-26T22:47:43Z ZONED", shown(Times.iso("2026-11-26 22:47:43 +0000]", 0)));
        assertEquals("2026-11-26T20:42:45Z ZONED", shown(Times.common("26/Nov/2026:22:42:45 +0200]", 0)));
        assertEquals("2026-11-26T22:44:56.890Z LOCAL", shown(Times.common("26/Nov/2026:22:44:56.890]", 0)));
        assertEquals("2026-11-26T22:46:17Z LOCAL", shown(Times.dashedMonth("26-Nov-2026 22:46:17]", 0)));
        assertEquals("2023-10-30T22:45:47Z ZONED", shown(Times.dashedMonth("30-Oct-2023 22:45:47 UTC]", 0)));
        assertEquals("2023-10-30T21:45:47Z ZONED", shown(Times.dashedMonth("30-Oct-2023 22:45:47 Europe/Berlin]", 0)));
        assertEquals("2026-11-26T22:46:24.913399Z LOCAL", shown(Times.asctime("Thu Nov 26 22:46:24.913399 2026]", 0)));
        assertEquals("2024-01-09T04:04:46Z LOCAL", shown(Times.asctime("Tue Jan  9 04:04:46 2024 -", 0)));
        assertEquals("2014-04-07T20:11:23Z LOCAL", shown(Times.jul("Apr 7, 2014 8:11:23 PM org", 0)));
        assertEquals("2026-11-26T22:48:21.142437Z ZONED", shown(Times.epoch("1795733301.1424375")));
    }

    @Test
    void whatIsNoTimeIsNone() {
        for (String no : new String[] {
            "", "2026/13/26 22:42:45", "2026/11/26 25:42:45", "aaaa/bb/cc dd:ee:ff", "2026-11-26T22:42"
        }) {
            assertFalse(Times.nginx(no, 0).exists(), no);
            assertFalse(Times.iso(no, 0).exists(), no);
            assertFalse(Times.common(no, 0).exists(), no);
            assertFalse(Times.asctime(no, 0).exists(), no);
            assertFalse(Times.syslog(no, 0).exists(), no);
            assertFalse(Times.jul(no, 0).exists(), no);
            assertFalse(Times.epoch(no).exists(), no);
        }
    }

    private static String shown(Stamp stamp) {
        return Instant.EPOCH.plusNanos(stamp.micros() * 1000) + " " + stamp.clock();
    }
}
