//! A write done or taken back without knowing how far it came before: what is there now is looked
//! at, and kept where it is nobody's that the transaction knows of.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use crate::change::Placement;
use crate::redo::{Direction, Redo};
use crate::splice::rebuild;
use crate::step::{Old, Write};
use crate::sys::{Stat, copy_attributes, place_at, set_mode_of, set_mtime_of};
use crate::vault::stage_name;

/// What a write finds when it looks again.
enum Now {
    Absent,
    File(Vec<u8>, Stat),
    /// No regular file, or one in a folder that is none any more.
    Strange,
}

impl Redo<'_> {
    pub(crate) fn write(&mut self, number: usize, write: &Write) -> io::Result<()> {
        let now = self.look(&write.path)?;
        if self.is_done(write, &now)? {
            return Ok(());
        }
        let damaged =
            || io::Error::new(io::ErrorKind::InvalidData, "its data in the log is damaged");
        let (fresh, old) = self.segment.blob(self.data, write.data)?.ok_or_else(damaged)?;
        let current = match &now {
            Now::File(content, _) => Some(content.as_slice()),
            Now::Absent | Now::Strange => None,
        };
        let new = whole(write, &fresh, current);
        let old = match (&write.old, &new) {
            (Some(_), Some(new)) => rebuild(new, &write.spans, &old),
            _ => None,
        };
        self.keep_if_strange(number, write, &now, new.as_deref(), old.as_deref())?;
        match self.direction {
            Direction::Forward => match new {
                Some(new) => self.place(number, write, &new, write.mode, write.mtime, &now),
                None => Ok(()),
            },
            Direction::Back => match (&write.old, old) {
                (Some(was), Some(old)) => {
                    self.place(number, write, &old, Some(was.mode), Some(was.mtime), &now)
                }
                (None, _) => self.remove(&write.path, &now),
                (Some(_), None) => Ok(()),
            },
        }
    }

    fn look(&self, path: &Path) -> io::Result<Now> {
        match self.places.root.read_with_stat(path) {
            Ok(Some((content, stat))) => Ok(Now::File(content, stat)),
            Ok(None) => Ok(Now::Absent),
            Err(error) => match self.places.root.stat_io(path)? {
                Some(stat) if !stat.is_file() => Ok(Now::Strange),
                _ => Err(error),
            },
        }
    }

    /// Whether the file is as it should be; mode and time are put right on the way.
    fn is_done(&self, write: &Write, now: &Now) -> io::Result<bool> {
        let goal = match (self.direction, &write.old) {
            (Direction::Forward, _) => Some((write.new, write.mode, write.mtime)),
            (Direction::Back, Some(Old { digest, mode, mtime, .. })) => {
                Some((*digest, Some(*mode), Some(*mtime)))
            }
            (Direction::Back, None) => None,
        };
        let (Some((digest, mode, mtime)), Now::File(content, stat)) = (goal, now) else {
            return Ok(goal.is_none() && matches!(now, Now::Absent));
        };
        if *blake3::hash(content).as_bytes() != digest {
            return Ok(false);
        }
        let mut folders = self.places.folders();
        let (folder, name) = folders.of(&write.path)?;
        if let Some(mode) = mode.filter(|&mode| mode != stat.mode) {
            folder.set_mode(name, mode)?;
        }
        if let Some(mtime) = mtime.filter(|&mtime| mtime != stat.mtime) {
            folder.set_mtime(name, mtime)?;
        }
        Ok(true)
    }

    /// Put what is neither the old content nor the new nor a mix of both into the vault.
    fn keep_if_strange(
        &mut self,
        number: usize,
        write: &Write,
        now: &Now,
        new: Option<&[u8]>,
        old: Option<&[u8]>,
    ) -> io::Result<()> {
        let ours = match now {
            Now::Absent => true,
            Now::Strange => false,
            Now::File(content, _) => is_mix(content, new.unwrap_or(&[]), old.unwrap_or(&[])),
        };
        if ours {
            return Ok(());
        }
        let name = format!("{:016x}.{number:x}.aside", self.id);
        let vault = &self.places.vault.dir;
        if vault.stat(name.as_ref())?.is_none() {
            match now {
                Now::File(content, _) => {
                    let file = vault.create(name.as_ref(), 0o600)?;
                    place_at(&file, content, 0)?;
                    file.sync_all()?;
                }
                Now::Strange | Now::Absent => {
                    let mut folders = self.places.folders();
                    let (folder, its_name) = folders.of(&write.path)?;
                    folder.rename(its_name, vault, name.as_ref())?;
                }
            }
        }
        self.kept_aside.push((write.path.clone(), self.places.vault.path.join(name)));
        Ok(())
    }

    /// Put `content` at the path of the write, in the way of its placement.
    fn place(
        &self,
        number: usize,
        write: &Write,
        content: &[u8],
        mode: Option<u32>,
        mtime: Option<crate::sys::Time>,
        now: &Now,
    ) -> io::Result<()> {
        let dir = self.places.root.dir();
        let stat = match now {
            Now::File(_, stat) => Some(*stat),
            Now::Absent | Now::Strange => None,
        };
        if let (Some(_), Placement::InPlace) = (stat, write.placement) {
            let file = dir.edit(&write.path)?;
            place_at(&file, content, 0)?;
            file.set_len(content.len() as u64)?;
            mode.map_or(Ok(()), |mode| set_mode_of(&file, mode))?;
            return mtime.map_or(Ok(()), |mtime| set_mtime_of(&file, mtime));
        }
        let name = stage_name(self.id, number);
        let stage: &OsStr = name.as_ref();
        let vault = &self.places.vault.dir;
        if vault.stat(stage)?.is_some() {
            vault.unlink(stage)?;
        }
        let file = vault.create(stage, 0o666)?;
        place_at(&file, content, 0)?;
        if let Some(stat) = &stat {
            copy_attributes(&dir.read(&write.path)?, stat, &file)?;
        }
        mode.map_or(Ok(()), |mode| set_mode_of(&file, mode))?;
        mtime.map_or(Ok(()), |mtime| set_mtime_of(&file, mtime))?;
        let mut folders = self.places.folders();
        let (folder, its_name) = folders.of(&write.path)?;
        match stat {
            None => vault.rename(stage, folder, its_name),
            Some(_) if vault.replace(stage, folder, its_name)? => vault.unlink(stage),
            Some(_) => Ok(()),
        }
    }

    /// Remove a file that the transaction made.
    fn remove(&self, path: &Path, now: &Now) -> io::Result<()> {
        let mut folders = self.places.folders();
        let (folder, name) = folders.of(path)?;
        if matches!(now, Now::File(..)) { folder.unlink(name) } else { Ok(()) }
    }
}

/// The whole new content: the bytes of the log, within those that the write left alone.
fn whole(write: &Write, fresh: &[u8], current: Option<&[u8]>) -> Option<Vec<u8>> {
    let length = usize::try_from(write.length).ok()?;
    if fresh.len() == length {
        return Some(fresh.to_vec());
    }
    let (current, start) = (current?, usize::try_from(write.start).ok()?);
    let end = start + fresh.len();
    let mut content = current.get(..start)?.to_vec();
    content.extend_from_slice(fresh);
    content.extend_from_slice(current.get(end..length).unwrap_or(&[]));
    (*blake3::hash(&content).as_bytes() == write.new).then_some(content)
}

/// Whether every byte is one of the old content or of the new, or one that was never written.
fn is_mix(now: &[u8], new: &[u8], old: &[u8]) -> bool {
    now.len() <= new.len().max(old.len())
        && now.iter().enumerate().all(|(index, &byte)| {
            byte == 0 || new.get(index) == Some(&byte) || old.get(index) == Some(&byte)
        })
}
